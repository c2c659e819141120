"""Whether what the catalogue says can be right: rules, findings, scores, monitors and outliers.

A rule is one query over the whole catalogue (`rules`); what it finds is a `Finding`, which somebody
may own and which is mended when the rule finds it no more (`services.checking`). Scores are made of
findings, monitors compare a sender's delivery with its earlier ones, and outliers are pieces unlike
those beside them. Nothing here changes the catalogue itself.
"""
