-- answers: What happened to each petition and when, as the source's flow log reports it. Holds no petitioner and no text.
-- grain: one row per event
create table petition_event (
    event_no      text not null,
    petition_no   text not null,
    event         text not null,
    happened_at   timestamp not null,
    unit          text,                      -- dispatched to, returned by, ...
    until         timestamp,                 -- of an extension: the new due time
    level         text,                      -- of an escalation: block | community | street | district
    score         integer,                   -- of a rating: 5 = very satisfied ... 1 = very dissatisfied
    category      text,                      -- of a reclassification: the new class
    subcategory   text,
    reason        text,
    import_id     bigint not null
);
