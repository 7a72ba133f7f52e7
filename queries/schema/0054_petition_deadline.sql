-- answers: Every deadline gridmap worked out for a petition, the latest last: a new row when its class changed, it was
-- extended or its clock stopped. The due time in force is in petition.due_at.
-- grain: one row per petition and change
create table petition_deadline (
    petition_id   bigint not null,
    item_code     text,                      -- item of the duty list whose limit was used; null where the source gave the due time
    first_due_at  timestamp,                 -- before extensions and suspensions
    due_at        timestamp,                 -- null while the clock stands still
    stopped       boolean not null,
    import_id     bigint not null            -- the import that changed it
);
