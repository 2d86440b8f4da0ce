#!/bin/sh
# PostgreSQL runs this once, on an empty data folder: the two roles and the database.
set -e
psql --set=ON_ERROR_STOP=1 --username=postgres <<SQL
CREATE ROLE portal_owner LOGIN NOSUPERUSER PASSWORD '$OWNER_PASSWORD';
CREATE ROLE portal_app LOGIN NOSUPERUSER PASSWORD '$APP_PASSWORD';
CREATE DATABASE portal OWNER portal_owner ENCODING 'UTF8' TEMPLATE template0;
SQL
