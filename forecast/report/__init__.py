"""The page for the people who decide: one offline HTML file made from one saved run.

    document    every number and word of the page, decided once      `document(forecast, record, history)`
    plots       the figures, as plain SVG                            `plots.timing(ahead, …)`
    page        the file itself                                      `render(document)`
    picture     the forecast as one self-contained SVG               `draw(document)`

All wording stands in `templates/`; `words` says how numbers, dates and chances are put into words.
"""
