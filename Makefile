# make demo    compose a small world of music and run the whole of Coldwave on it
# make test    every test
# make check   what CI runs
# make build   the command, optimised, at .build/release/coldwave
.PHONY: build demo test check format format-check end-to-end bench bootstrap clean

COLDWAVE = .build/release/coldwave
SOURCES = Sources Tests Package.swift

bootstrap:
	@scripts/bootstrap

build: bootstrap
	swift build -c release --product coldwave

demo: build
	$(COLDWAVE) demo

test: bootstrap
	swift test

format:
	swift format --in-place --recursive --parallel $(SOURCES)

format-check:
	swift format lint --strict --recursive --parallel $(SOURCES)

# A short run over real audio, where it is present beside the checkout.
end-to-end: build
	scripts/end-to-end

check:
	.ci/run

bench: build
	scripts/bench

clean:
	rm -rf .build demo-library
