-- answers: Of which community type the cells are: that of the community they lie in.
-- params: on_day date
-- returns: region_id bigint, type varchar
-- grain: one row per cell of a typed community, itself included
-- order: region_id
select distinct ancestry.region_id, community_type.type
from community_type
join place
  on place.record_kind = 'community_type'
 and place.record_id = community_type.record_id
 and place.valid_from <= $on_day
 and $on_day < place.valid_to
join ancestry
  on ancestry.ancestor_id = place.region_id
 and ancestry.level <> 'total'
 and ancestry.valid_from <= $on_day
 and $on_day < ancestry.valid_to
order by ancestry.region_id;
