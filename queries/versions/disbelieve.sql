-- answers: Stops believing the open-ended versions of these regions.
-- params: region_ids bigint[], recorded_at timestamp, cs bigint
-- returns: none
-- grain: one row per region
-- order: none
update region_version
set tx_to = $recorded_at, cs_close = $cs
where region_id in (select unnest($region_ids))
  and tx_to = timestamp '9999-12-31'
  and valid_to = date '9999-12-31';
