-- answers: What the events of each petition come to (derived from petition_event in every import, rebuildable), so that
-- a measure reads one row per petition and not its whole log. Moments are of the first such event, where not said.
-- grain: one row per petition with events
create table petition_course (
    petition_id      bigint not null,
    events           integer not null,
    dispatched_at    timestamp,
    dispatches       integer not null,
    parallel_units   integer not null,       -- most units it lay with at the same time
    returned_at      timestamp,
    returns          integer not null,       -- bounced dispatches (退件)
    extended_at      timestamp,
    extensions       integer not null,
    responded_at     timestamp,              -- somebody answered the petitioner
    disposed_at      timestamp,
    verified_at      timestamp,
    reworked_at      timestamp,
    reworks          integer not null,       -- sent back after verification, or reopened
    escalated_to     integer not null,       -- highest level it was passed to: 0 none, 1 block ... 4 district
    rated_at         timestamp,              -- the last rating
    score            integer,                -- of the last rating
    bad_rated_at     timestamp,              -- the first bad rating
    corrected_at     timestamp,              -- put right after a bad rating
    supervised_at    timestamp
);
