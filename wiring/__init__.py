"""The composition root: settings once, build(settings) -> App, the clock. The only importer of channels.

Nothing here decides anything; it joins the rooms together.
"""
