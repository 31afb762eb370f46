#!/bin/sh
# A fat jar as Spring Boot lays it out: own classes, libraries as jars, and the facts of this build.
set -eu
rm -rf build
mkdir -p build/all build/domain build/fat/BOOT-INF/classes/META-INF build/fat/BOOT-INF/lib
javac -d build/all ../libs/domain/src/*.java src/*.java launcher/*.java
mkdir -p build/domain/acme build/fat/BOOT-INF/classes/acme
mv build/all/acme/domain build/domain/acme/
mv build/all/acme/*.class build/fat/BOOT-INF/classes/acme/
mv build/all/*.class build/fat/
jar --create --file build/fat/BOOT-INF/lib/domain-1.0.0.jar -C build/domain .
cp resources/* build/fat/BOOT-INF/classes/
printf 'build.group=acme\nbuild.name=vro-app\nbuild.time=%s\n' "$(date -u +%FT%TZ)" >build/fat/BOOT-INF/classes/META-INF/build-info.properties
printf 'Main-Class: Launcher\nStart-Class: acme.Main\n' >build/manifest.txt
jar --create --file build/fat.jar --manifest build/manifest.txt -C build/fat .
