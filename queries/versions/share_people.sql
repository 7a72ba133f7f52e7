-- answers: Notes in the lineage of a changeset which share of each replaced leaf's people went where.
-- Where nobody lived there is no share.
-- params: before table, cs bigint, on_day date
-- returns: none
-- grain: one row per pair of regions
-- order: none
update lineage
set share_people = coalesce(moved.people, 0) / lived.people
from (select region_id, sum(people) as people from before group by region_id) as lived
cross join (select distinct to_region from lineage where cs = $cs) as receiver
left join (
    select before.region_id as from_region, place.region_id as to_region, sum(before.people) as people
    from before
    join place
      on place.record_id = before.record_id
     and place.record_kind = 'population'
     and in_force(place.valid_from, place.valid_to, $on_day)
    group by before.region_id, place.region_id
) as moved
  on moved.from_region = lived.region_id and moved.to_region = receiver.to_region
where lineage.cs = $cs
  and lineage.from_region = lived.region_id
  and lineage.to_region = receiver.to_region
  and lived.people > 0;
