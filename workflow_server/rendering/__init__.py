"""Template and data become a PDF; fonts, layout and the processes that do it."""
