-- answers: Nothing, for ever: in a store narrowed to a scope, a temporary table of this name holds the records that
-- belong to the scope. Where none was made, nothing belongs to anybody.
-- grain: one row per record
create table own_record (
    record_kind  text not null,
    record_id    bigint not null
);
