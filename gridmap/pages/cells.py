"""网格数据 Grid figures: any measures of any level in one table, to read and to export."""

from gridmap.ui import cell_table, frame, layout

scene = frame.scene()

frame.bar(scene)
cell_table.cells_card(scene, height_px=layout.table(scene.screen))
