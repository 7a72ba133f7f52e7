-- answers: Which regions a changeset made out of which, named as they were before and after.
-- params: cs bigint
-- returns: from_region bigint, from_code varchar, from_name varchar, to_region bigint, to_code varchar, to_name varchar, share_area double, share_people double
-- grain: one row per pair of regions
-- order: from_code, share_area descending
with recorded as (
    select recorded_at, effective_on
    from changeset
    where cs = $cs
),
named_before as (
    select region_id, code, name
    from region_version, recorded
    where tx_from < recorded_at and recorded_at <= tx_to
      and valid_from <= effective_on and effective_on < valid_to
),
named_after as (
    select region_id, code, name
    from region_version, recorded
    where tx_from <= recorded_at and recorded_at < tx_to
      and valid_from <= effective_on and effective_on < valid_to
)
select
    lineage.from_region, named_before.code as from_code, named_before.name as from_name,
    lineage.to_region, named_after.code as to_code, named_after.name as to_name,
    lineage.share_area, lineage.share_people
from lineage
left join named_before on named_before.region_id = lineage.from_region
left join named_after on named_after.region_id = lineage.to_region
where lineage.cs = $cs
order by from_code, share_area desc;
