-- +goose Up
-- From where somebody signed in of late, so that wrong passwords sent from elsewhere keep nobody out who
-- has been there before: digests of places with the time of the last success, a bounded number of each.
alter table people add column signed_in_from jsonb not null default '{}';
alter table operators add column signed_in_from jsonb not null default '{}';
