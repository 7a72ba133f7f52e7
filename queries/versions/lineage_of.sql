-- answers: Which regions a changeset made out of which, and how much of each one's land.
-- params: cs bigint
-- returns: from_region bigint, to_region bigint, share_area double, share_people double
-- grain: one row per pair of regions
-- order: from_region, to_region
select from_region, to_region, share_area, share_people
from lineage
where cs = $cs
order by from_region, to_region;
