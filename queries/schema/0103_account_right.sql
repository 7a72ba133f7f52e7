-- answers: Which role an account has, where and from when to when.
-- grain: one row per account, role, region and period [valid_from, valid_to)
create table account_right (
    account     text not null,
    role        text not null,
    region_id   bigint not null,             -- 0 = the whole store
    valid_from  date not null,
    valid_to    date not null,               -- 9999-12-31 = until it is taken away
    given_by    text not null
);
