-- answers: What was done, by whom and why: sign-ins, imports, edits, publishing, rights, exports, personal data revealed.
-- Rows are appended and never changed; each is sealed with the one before it. Holds no personal data.
-- grain: one row per thing done
create table audit_entry (
    seq        bigint not null,              -- 1, 2, 3 ...
    done_at    timestamp not null,
    account    text not null,                -- empty: the owner of the machine
    role       text not null,
    action     text not null,
    object     text not null,
    reason     text not null,
    rows_seen  bigint,
    detail     text not null,                -- JSON
    seal       text not null
);
