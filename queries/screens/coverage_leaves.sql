-- answers: Every leaf cell on a day, its land and whether somebody is in charge of it.
-- params: on_day date
-- returns: region_id bigint, area_m2 double, duty varchar
-- grain: one row per leaf cell; duty in_charge | expired | no_person | undivided | unassigned
-- order: region_id
select region_id, area_m2, duty
from leaf_duty($on_day)
order by region_id;
