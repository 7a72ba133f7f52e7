"""What leaves gridmap on paper: pictures of maps and charts, the monthly report, the notice board of a block.

Everything is made on this machine: figures come from the measures, maps are drawn as SVG, pages are set by
typst with the typefaces shipped in `assets`, and the Word file holds the same content as the PDF.
"""
