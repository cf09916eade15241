#!/bin/sh
# Writes the secrets that docker-compose.yml names into a folder (./secrets), with passwords made here. What is there
# already stays as it is.
set -eu
umask 077
folder=${1:-secrets}
if [ -e "$folder" ]; then
    echo "$folder is there already; nothing is changed" >&2
    exit 1
fi
random() { head -c 64 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 40; }
database=$(random) storage=$(random) broker=$(random)
mkdir -p "$folder"
cd "$folder"
printf %s "$database" > database_password
printf %s "postgresql://docflow:$database@database/docflow" > docflow_database_url
printf '{"identities": [{"name": "docflow", "credentials": [{"accessKey": "docflow", "secretKey": "%s"}], "actions": ["Admin", "Read", "List", "Tagging", "Write"]}]}\n' "$storage" > storage_identities
printf %s "s3+http://docflow:$storage@storage:8333/docflow" > docflow_storage_url
printf 'default_user = docflow\ndefault_pass = %s\n' "$broker" > broker_account
printf %s "amqp://docflow:$broker@broker:5672/%2F" > docflow_broker_url
random > docflow_secret_key
# Compose shows files of the host as they are: the accounts inside the containers must be able to read them. The folder
# itself stays closed.
chmod 444 ./*
