-- answers: Stops believing what holds for these regions from a day on.
-- params: region_ids bigint[], on_day date, recorded_at timestamp, cs bigint
-- returns: none
-- grain: one row per region and version that ends after the day
-- order: none
update region_version
set tx_to = $recorded_at, cs_close = $cs
where region_id in (select unnest($region_ids))
  and tx_to = timestamp '9999-12-31'
  and valid_to > $on_day;
