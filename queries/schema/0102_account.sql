-- answers: Who may sign in. Of a password only a salted hash is kept; null where somebody else vouches for them.
-- grain: one row per account
create table account (
    account        text primary key,
    title          text not null,            -- what people call them, such as the name of their post
    password_hash  text,                     -- argon2id
    disabled       boolean not null,
    created_at     timestamp not null,
    created_by     text not null
);
