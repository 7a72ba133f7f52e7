"""操作日志 Log: what was done, when, by whom and in which role; whether the log stands as it was written."""

from gridmap.ui import frame, layout, log_card

scene = frame.scene()

frame.title(scene, "audit", note="audit_note")
log_card.card(scene, height_px=layout.table(scene.screen) - scene.screen.px(3))
