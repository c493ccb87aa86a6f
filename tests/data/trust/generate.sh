#!/bin/sh
# Makes the host certificates and fingerprint samples of this directory afresh, with ssh-keygen.
# Private keys live and die in a temporary directory: the tests need public text alone.
# Run it only to change the fixtures; the tests read what is checked in, and known_hosts.sample
# holds some of these keys.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export TZ=UTC

key() { ssh-keygen -q -N '' -C '' -f "$1" -t "$2" ${3:+-b "$3"}; }

for name in ca-ed25519 ca-other ca-revoked host-ed25519 host-revoked; do key "$name" ed25519; done
key ca-rsa rsa 2048
key ca-ecdsa ecdsa 256
key host-rsa rsa 2048
key host-ecdsa ecdsa 256

# sign NAME CA HOSTKEY [ssh-keygen options]: NAME.cert, by default for web1.example.com during 2025.
sign() {
    name=$1 ca=$2 host=$3
    shift 3
    cp "$host.pub" subject.pub
    ssh-keygen -q -s "$ca" -I "$name" -z 7 "$@" subject.pub
    mv subject-cert.pub "$here/certificates/$name.cert"
}
year='-V 20250101000000:20260101000000'
# shellcheck disable=SC2086
{
sign good ca-ed25519 host-ed25519 -h $year -n web1.example.com,web1
sign good-rsa ca-ed25519 host-rsa -h $year -n web1.example.com
sign good-ecdsa ca-ed25519 host-ecdsa -h $year -n web1.example.com
sign good-ca-ecdsa ca-ecdsa host-ed25519 -h $year -n web1.example.com
sign forever ca-ed25519 host-ed25519 -h -V always:forever -n web1.example.com
sign wildcard ca-ed25519 host-ed25519 -h $year -n '*.example.com'
sign expired ca-ed25519 host-ed25519 -h -V 20200101000000:20200102000000 -n web1.example.com
sign future ca-ed25519 host-ed25519 -h -V 20990101000000:20990102000000 -n web1.example.com
sign wrong-principal ca-ed25519 host-ed25519 -h $year -n db1.example.com,db2.example.com
sign no-principal ca-ed25519 host-ed25519 -h $year
sign user-type ca-ed25519 host-ed25519 $year -n web1.example.com
sign unknown-ca ca-other host-ed25519 -h $year -n web1.example.com
sign revoked-ca ca-revoked host-ed25519 -h $year -n web1.example.com
sign revoked-key ca-ed25519 host-revoked -h $year -n web1.example.com
sign ca-rsa-sha1 ca-rsa host-ed25519 -h $year -n web1.example.com -t ssh-rsa
sign ca-rsa-sha2-256 ca-rsa host-ed25519 -h $year -n web1.example.com -t rsa-sha2-256
sign ca-rsa-sha2-512 ca-rsa host-ed25519 -h $year -n web1.example.com -t rsa-sha2-512
sign critical ca-ed25519 host-ed25519 -h $year -n web1.example.com -O critical:only-on-mondays@example.com=yes
}
cp ./*.pub "$here/certificates/"
rm -f "$here/certificates/subject.pub"

# One bit of the signed part flipped: the serial's last bit, in the good certificate.
python3 - "$here/certificates/good.cert" "$here/certificates/tampered.cert" <<'PY'
import base64, sys
name, blob, *_ = open(sys.argv[1]).read().split()
raw = bytearray(base64.b64decode(blob))
at = 0
for _ in range(3):  # type name, nonce, public key
    at += 4 + int.from_bytes(raw[at:at + 4], "big")
raw[at + 7] ^= 1
open(sys.argv[2], "w").write(f"{name} {base64.b64encode(raw).decode()}\n")
PY

# Fingerprints as ssh-keygen prints them.
for spec in ed25519: ecdsa:256 ecdsa:384 ecdsa:521 rsa:2048 rsa:3072; do
    type=${spec%%:*} bits=${spec#*:}
    name=$type${bits:+-$bits}
    key "$name" "$type" "$bits"
    cp "$name.pub" "$here/fingerprints/$name.pub"
    ssh-keygen -l -v -f "$name.pub" > "$here/fingerprints/$name.sha256"
    ssh-keygen -l -E md5 -f "$name.pub" > "$here/fingerprints/$name.md5"
done

# A hashed name.
printf 'hashed.example.com %s\n' "$(cut -d' ' -f1,2 "$here/fingerprints/ed25519.pub")" > known
ssh-keygen -q -H -f known
cut -d' ' -f1 known > "$here/hashed-name.txt"
