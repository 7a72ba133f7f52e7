-- answers: Everything that was ever done in a draft, in order; its state is the sum of its steps.
-- grain: one row per draft and revision
create table draft_step (
    draft        text not null,
    revision     bigint not null,           -- 1, 2, 3 ...
    action       text not null,             -- apply | undo | redo | unlock | rebase
    operation    json not null,             -- what was asked
    change       json not null,             -- the regions before and after, rings included
    stamp        text not null,             -- names the state after the step
    author       text not null,
    recorded_at  timestamp not null,
    primary key (draft, revision)
);
