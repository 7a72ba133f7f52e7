-- answers: The petitions (诉求) as last reported. Holds no petitioner, no free text, no address.
-- grain: one row per petition
create table petition (
    petition_id     bigint not null,
    petition_no     text not null,
    channel         text,
    kind            text,
    category        text,
    subcategory     text,
    handler         text,
    status          text not null,
    received_at     timestamp not null,
    accepted_at     timestamp,
    filed_at        timestamp,
    dispatched_at   timestamp,
    signed_at       timestamp,
    disposed_at     timestamp,
    closed_at       timestamp,
    due_at          timestamp,               -- in force: the source's own, or the one its clock gives (derived)
    due_reported_at timestamp,               -- as the source gives it
    closed_on_time  boolean,                 -- as the source reports it; used where dates are missing
    merged_into     text,
    split_from      text,
    building_code   text,
    region_code     text,
    region_name     text,
    parent_name     text,
    raw_x           double,
    raw_y           double,
    src_crs         text,
    x               double,                  -- metric CRS of the store
    y               double,
    place_reason    text,                    -- why the coordinates cannot be used
    settled_in      bigint,                  -- the region it lies in on every day; null when that changes (derived)
    settled_by      text,                    -- how it was placed there (derived)
    import_id       bigint not null
);
