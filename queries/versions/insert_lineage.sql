-- answers: Records which regions a changeset made out of which.
-- params: pairs table, cs bigint
-- returns: none
-- grain: one row per pair of regions
-- order: none
insert into lineage (cs, from_region, to_region, share_area)
select $cs, from_region, to_region, share_area
from pairs;
