-- answers: Believes as one what a changeset says of a region again, word for word, from the day its version before ends.
-- params: region_ids bigint[], recorded_at timestamp, cs bigint
-- returns: none
-- grain: one row per region whose two versions say the same
-- order: none
insert into region_version
select earlier.* replace (later.valid_to as valid_to, $recorded_at as tx_from, $cs as cs_open)
from believed() as earlier
join believed() as later on later.region_id = earlier.region_id
where earlier.region_id in (select unnest($region_ids))
  and later.cs_open = $cs
  and later.valid_from = earlier.valid_to
  and later.code = earlier.code
  and later.name = earlier.name
  and later.kind = earlier.kind
  and later.parent_id is not distinct from earlier.parent_id
  and st_aswkb(later.geom) is not distinct from st_aswkb(earlier.geom);
