# An image with weir alone: docker build -t weir . && docker run --rm -v "$PWD:/work" weir check
FROM rust:1-bookworm AS build
RUN rustup target add x86_64-unknown-linux-musl aarch64-unknown-linux-musl \
 && apt-get update && apt-get install -y --no-install-recommends musl-tools && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN target="$(uname -m)-unknown-linux-musl" \
 && CC=musl-gcc cargo build --release --locked -p weir-cli --target "$target" \
 && cp "target/$target/release/weir" /weir

FROM scratch
COPY --from=build /weir /usr/bin/weir
COPY --from=build /source/LICENSE-APACHE /source/LICENSE-MIT /source/THIRD-PARTY.md /licenses/
WORKDIR /work
# What a receiver listens on: batches over HTTP, and syslog.
EXPOSE 8080 6514
ENTRYPOINT ["/usr/bin/weir"]
