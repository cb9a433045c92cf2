"""How Sphinx makes the site: pages in Markdown, formulas as MathML, nothing fetched by whoever reads it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Possibilities"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml"]
root_doc = "index"
exclude_patterns = ["LICENSE"]

myst_enable_extensions = ["dollarmath", "deflist"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 3
default_role = "code"  # docstrings are plain: a name in backticks is code
highlight_language = "text"
suppress_warnings = ["misc.highlighting_failure"]  # a language without colours is plain text, and no fault

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 80
napoleon_google_docstring = False
napoleon_use_param = False  # names that share an explanation keep sharing it
napoleon_use_rtype = False  # what is returned is told in words, and stands in the signature

html_theme = "furo"
html_title = "Possibilities"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # a page that is read from a disk may not look into others
html_math_renderer = "mathml"
pygments_style = "xcode"
pygments_dark_style = "github-dark"

# the palette and the type of the report: `forecast/report/templates/figures.css`
SERIF = '"Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "Noto Serif", serif'
SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif'
MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace'


def palette(
    paper: str, sheet: str, ink: str, soft: str, rule: str, grid: str, accent: str, alarm: str, shade: str
) -> dict[str, str]:
    """Furo's names for the report's colours."""
    return {
        "font-stack": SANS,
        "font-stack--headings": SERIF,
        "font-stack--monospace": MONO,
        "color-foreground-primary": ink,
        "color-foreground-secondary": soft,
        "color-foreground-muted": soft,
        "color-foreground-border": soft,
        "color-background-primary": paper,
        "color-background-secondary": shade,
        "color-background-hover": grid,
        "color-background-border": rule,
        "color-sidebar-background-border": rule,
        "color-inline-code-background": shade,
        "color-code-background": sheet,
        "color-code-foreground": ink,
        "color-brand-primary": accent,
        "color-brand-content": accent,
        "color-brand-visited": accent,
        "color-link": accent,
        "color-link--hover": accent,
        "color-link--visited": accent,
        "color-link-underline": rule,
        "color-link-underline--hover": accent,
        "color-problematic": alarm,
        "color-api-name": ink,
        "color-api-pre-name": soft,
        "color-highlight-on-target": shade,
    }


html_theme_options = {
    "light_css_variables": palette(
        *("#fbfaf7", "#ffffff", "#1c1e22", "#55585f", "#dcd8ce", "#e7e3da", "#0b5a6f", "#9c1c1c", "#f1eee6")
    ),
    "dark_css_variables": palette(
        *("#14171c", "#1a1e25", "#e8e6e1", "#a9adb5", "#343a44", "#2a2f38", "#7cc4d8", "#ff9d92", "#20252d")
    ),
}
