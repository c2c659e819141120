-- The two roles and the database; run once by psql as a superuser, with the passwords of the
-- environment. The owner migrates. The application owns nothing, so it cannot switch off a guard.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE tantieme_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE tantieme_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE tantieme OWNER tantieme_owner;
