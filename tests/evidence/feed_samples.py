"""Small made-up files in the layouts of GDELT, ACLED and POLECAT."""

from __future__ import annotations

from forecast.evidence.layouts import GDELT_1, GDELT_2

MAPPING = {
    "source": {"name": "Event feed", "type": "press", "reliability": "D", "credibility": 3},
    "rules": [
        {"codes": ["145", "Protests/Violent", "PROTEST/riot"], "indicator": "strikes", "grade": 5},
        {"codes": ["14", "Protests", "PROTEST"], "places": ["UK", "Port Example"], "indicator": "strikes", "grade": 4},
        {"codes": ["03", "AGREE"], "actors": ["GBRGOV", "City Council"], "targets": ["BUS", "Harbour"],
         "indicator": "tender", "grade": 4},
    ],
}  # fmt: skip

_USUAL = {
    "GLOBALEVENTID": "1001",
    "SQLDATE": "20260120",
    "MonthYear": "202601",
    "Year": "2026",
    "FractionDate": "2026.0548",
    "Actor1Code": "LAB",
    "Actor1Name": "DOCKER",
    "Actor1Type1Code": "LAB",
    "Actor2Code": "GBRGOV",
    "Actor2Name": "CITY COUNCIL",
    "Actor2CountryCode": "GBR",
    "IsRootEvent": "1",
    "EventCode": "143",
    "EventBaseCode": "143",
    "EventRootCode": "14",
    "QuadClass": "3",
    "GoldsteinScale": "-6.5",
    "NumMentions": "10",
    "NumSources": "1",
    "NumArticles": "10",
    "AvgTone": "-2.1",
    "ActionGeo_Type": "4",
    "ActionGeo_FullName": "Port Example, Essex, United Kingdom",
    "ActionGeo_CountryCode": "UK",
    "ActionGeo_ADM1Code": "UKE4",
    "ActionGeo_Lat": "51.9",
    "ActionGeo_Long": "1.2",
    "ActionGeo_FeatureID": "-25",
    "SOURCEURL": "https://gazette.example/strike",
}


def gdelt(*events: dict[str, str], version: int = 2) -> bytes:
    """Lines of GDELT: 58 columns with a day of arrival, or 61 with a moment."""
    columns = GDELT_2 if version == 2 else GDELT_1
    added = {"DATEADDED": "20260121103000" if version == 2 else "20260121"}
    lines = ["\t".join({**_USUAL, **added, **event}.get(column, "") for column in columns) for event in events]
    return "".join(f"{line}\n" for line in lines).encode()


ACLED = (
    b"event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    b"actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,"
    b"longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp\n"
    b"GBR101,2026-01-20,2026,1,Demonstrations,Protests,Peaceful protest,Protesters (United Kingdom),Labor Group (UK),"
    b"Protesters,,,,Protesters only,,826,Europe,United Kingdom,England,Essex,,Port Example,51.9,1.2,1,Port Gazette,"
    b'Local,"On 20 January, dockers marched.",0,crowd size=200,1769040000\n'
    b"GBR102,21 January 2026,2026,1,Demonstrations,Protests,Violent demonstration,Rioters (United Kingdom),,Rioters,"
    b"Police Forces,,State forces,,,826,Europe,United Kingdom,England,Essex,,Elsewhere,51.9,1.2,1,AFP,International,"
    b"=1+1,0,,1769040000\n"
    b"GBR103,2026-01-21,2026,1,Political violence,Battles,Armed clash,A,,,B,,,,,826,Europe,United Kingdom,England,"
    b"Essex,,Port Example,51.9,1.2,1,AFP,International,Far away.,3,,1769040000\n"
)

_POLECAT_COLUMNS = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip
_POLECAT_EVENTS = (
    {"Event ID": "AP-1", "Event Date": "2026-01-20", "Event Type": "PROTEST", "Event Mode": "riot",
     "Actor Name": "Dockers", "Recipient Name": "Police", "Country": "GBR", "Publication Date": "2026-01-21"},
    {"Event ID": "AP-2", "Event Date": "2026-01-20", "Event Type": "AGREE", "Actor Name": "City Council",
     "Recipient Name": "Harbour Ltd", "Country": "GBR", "Publication Date": "2026-01-22"},
    {"Event ID": "AP-3", "Event Date": "2026-01-20", "Event Type": "AGREE", "Actor Name": "Harbour Ltd",
     "Recipient Name": "City Council", "Country": "GBR", "Publication Date": "2026-01-22"},
)  # fmt: skip
POLECAT = "".join(
    "\t".join(cells) + "\n"
    for cells in (
        _POLECAT_COLUMNS,
        *([event.get(column, "None") for column in _POLECAT_COLUMNS] for event in _POLECAT_EVENTS),
    )
).encode()
DELETIONS = b"event_id_cnty,deleted_timestamp\nGBR101,1769731200\nGBR102,2026-01-31\nGBR999,1769731200\n"
