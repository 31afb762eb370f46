#!/bin/sh
set -eu
for f in /sql/*.sql; do echo "$f"; done
