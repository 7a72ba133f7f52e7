-- answers: Stops believing the versions that a longer one of a changeset says as well.
-- params: region_ids bigint[], recorded_at timestamp, cs bigint
-- returns: none
-- grain: one row per version
-- order: none
update region_version
set tx_to = $recorded_at, cs_close = $cs
where region_id in (select unnest($region_ids))
  and tx_to = timestamp '9999-12-31'
  and exists (
    select 1
    from believed() as longer
    where longer.region_id = region_version.region_id
      and longer.cs_open = $cs
      and longer.valid_from <= region_version.valid_from
      and region_version.valid_to <= longer.valid_to
      and (longer.valid_from < region_version.valid_from or region_version.valid_to < longer.valid_to)
  );
