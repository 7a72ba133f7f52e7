-- answers: Stages the petitions of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.petition_no,
        incoming.channel,
        incoming.kind,
        incoming.category,
        incoming.subcategory,
        incoming.handler,
        incoming.status,
        incoming.received_at,
        incoming.accepted_at,
        incoming.filed_at,
        incoming.dispatched_at,
        incoming.signed_at,
        incoming.disposed_at,
        incoming.closed_at,
        incoming.due_at,
        incoming.closed_on_time,
        incoming.merged_into,
        incoming.split_from,
        incoming.building_code,
        incoming.region_code,
        incoming.region_name,
        incoming.parent_name,
        incoming.raw_x,
        incoming.raw_y,
        incoming.src_crs,
        incoming.x,
        incoming.y,
        incoming.place_reason
    from read_parquet($path) as incoming
)
select
    incoming.*,
    petition.petition_id as known_id,
    case
        when petition.petition_no is null then 'new'
        when (incoming.petition_no, incoming.channel, incoming.kind, incoming.category, incoming.subcategory,
              incoming.handler, incoming.status, incoming.received_at, incoming.accepted_at, incoming.filed_at,
              incoming.dispatched_at, incoming.signed_at, incoming.disposed_at, incoming.closed_at,
              incoming.due_at, incoming.closed_on_time, incoming.merged_into, incoming.split_from,
              incoming.building_code, incoming.region_code, incoming.region_name, incoming.parent_name,
              incoming.raw_x, incoming.raw_y, incoming.src_crs, incoming.x, incoming.y, incoming.place_reason)
             is not distinct from
             (petition.petition_no, petition.channel, petition.kind, petition.category, petition.subcategory,
              petition.handler, petition.status, petition.received_at, petition.accepted_at, petition.filed_at,
              petition.dispatched_at, petition.signed_at, petition.disposed_at, petition.closed_at,
              petition.due_reported_at, petition.closed_on_time, petition.merged_into, petition.split_from,
              petition.building_code, petition.region_code, petition.region_name, petition.parent_name,
              petition.raw_x, petition.raw_y, petition.src_crs, petition.x, petition.y, petition.place_reason)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join petition on petition.petition_no = incoming.petition_no;
