"""Records of every register that a measure asks, as reported first and as corrected later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gridmap.periods import Period
from gridmap.store import Database
from tests.records import closed, load, petition

HALF = Period(date(2024, 1, 1), date(2024, 7, 1))


def load_everything(db: Database, folder: Path, *, corrected: bool = False) -> None:
    """Load the records into the toy city; GRIDMAP_HASH_KEY must be set."""
    for register, rows in records(corrected=corrected).items():
        load(db, folder, register, rows)


def records(*, corrected: bool) -> dict[str, list[dict[str, object]]]:
    """Return rows of every register that a measure asks, as reported first and as corrected later."""
    x, y = petition(1, (2.5, 3.5))["x"], petition(1, (2.5, 3.5))["y"]
    late = 9 if corrected else 2
    cases = [closed(n, (0.5 + n % 5, 3.5), after_days=late + n % 4, due_days=5, subcategory="绿地养护",
                    accepted_at="2024-05-01 10:00", filed_at="2024-05-01 11:00",
                    dispatched_at="2024-05-01 12:00", disposed_at=f"2024-05-0{2 + n % 3 + corrected} 09:00")
             for n in range(40)]  # fmt: skip
    undated = [petition(n, (0.5, 3.5), subcategory="绿地养护") for n in (50, 51, 52)]
    level = "community" if corrected else "block"
    steps = ["accepted", "filed", "dispatched", "responded", "escalated", "disposed", "verified", "rated"]
    events = [{"event_no": f"P{n}-{at}", "petition_no": f"P{n}", "event": step, "level": level,
               "happened_at": f"2024-05-0{1 + at // 3 + corrected} {10 + at}:00", "score": 5 - 4 * corrected}
              for n in range(30) for at, step in enumerate(steps)]  # fmt: skip
    rated = ["strict" if corrected or n < 2 else "lenient" for n in range(5)]
    calls = [f"tel{n if corrected else n % 3}" for n in range(20)]
    building = {"category": "urban_village", "registered_on": "2020-01-01", "x": x, "y": y}
    months = [(n, f"2024-0{month}-1{n}") for n in range(3) for month in (4, 5, 6)]
    return {
        "schemes": [{"scheme": "s", "level": level, "rank": rank, "title_zh": level, "title_en": level,
                     "colour": "#ffffff", "interval_days": 7, "weight": rank + 3 * corrected}
                    for rank, level in enumerate(("lenient", "strict"), start=1)],
        "buildings": [{"building_no": f"H{n}", "tenants": 9 + n, **building,
                       **({"category": "estate"} if corrected and n == 4 else {})} for n in range(6)],
        "ratings": [{"building_no": f"H{n}", "scheme": "s", "level": rated[n],
                     "valid_from": "2024-01-01"} for n in range(5)],
        "inspections": [{"inspection_no": f"I{n}", "building_no": f"H{n}", "hazards_found": n,
                         "inspected_at": f"2024-06-{25 + n - 20 * corrected:02d} 09:00"} for n in range(5)],
        "hazards": [{"hazard_no": f"Y{n}", "building_no": f"H{n}", "found_on": "2024-05-01",
                     "rectified_on": "2024-05-20" if corrected or n else None} for n in range(4)],
        "population": [{"population_no": "N1", "people": 700 if corrected else 500, "households": 200,
                        "x": x, "y": y}],
        "responsibilities": [{"region_code": code, "role": role, "person_no": "1", "valid_from": "2023-01-01",
                              "valid_to": "2024-02-01" if corrected else None}
                             for code, role in (("A1", "red_grid_lead"), ("H1", "building_manager"))],
        "duties": [{"item_code": "1", "major": "市容环卫", "minor": "绿地养护",
                    "limit_amount": 9 if corrected else 3, "limit_unit": "working_days"}],
        "petitions": [*cases, *undated],
        "petitioners": [{"petition_no": f"P{n}", "petitioner": calls[n]} for n in range(20)],
        "events": events,
        "meetings": [{"meeting_no": f"M{n}", "held_on": f"2024-0{5 + corrected}-01", "region_code": "A1"}
                     for n in range(3)],
        "topics": [{"topic_no": f"T{n}", "raised_on": "2024-05-02", "region_code": "A1",
                    "status": "handled" if corrected else "tracking"} for n in range(4)],
        "targets": [{"target_no": f"K{n}", "tier": "regular" if corrected and n else "priority",
                     "valid_from": "2024-01-01", "region_code": "A2"} for n in range(3)],
        "visits": [{"visit_no": f"V{n}{day}", "target_no": f"K{n}", "visited_on":
                    day.replace("-06-", "-03-") if corrected else day} for n, day in months],
    }  # fmt: skip
