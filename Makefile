# make demo    compose a small world of music and run the whole of Coldwave on it
# make test    every test
# make check   what CI runs
# make build   the command, optimised, at .build/release/coldwave
.PHONY: build demo test check format format-check end-to-end bench bench-hearing bench-network bench-taste bench-tsne bench-scale bench-reading bench-neighbors fuzz kill-scan kill-import \
	kill-train scan-many check-export pictures check-pictures draw-many check-players check-page bench-serving bootstrap clean

COLDWAVE = .build/release/coldwave
SOURCES = Sources Tests Package.swift

bootstrap:
	@scripts/bootstrap

build: bootstrap
	swift build -c release --product coldwave

demo: build
	$(COLDWAVE) demo

# CONFIGURATION=release tests the optimised code, and leaves the optimised command behind.
CONFIGURATION ?= debug
test: bootstrap
	swift test -c $(CONFIGURATION)

format:
	swift format --in-place --recursive --parallel $(SOURCES)

format-check:
	swift format lint --strict --recursive --parallel $(SOURCES)

# A short run over real audio, where it is present beside the checkout.
end-to-end: build
	scripts/end-to-end

check:
	.ci/run

# Coldwave against its peers on the same work in the same run; PYTHON=… names a Python that has them.
bench: build
	scripts/bench

PYTHON ?= python3
MUSIC ?= ../shared/data/music
bench-hearing: build
	$(PYTHON) scripts/bench_hearing.py $(COLDWAVE) $(MUSIC)

# The taste space against implicit; DATA holds the listening matrices (those that are not there are skipped).
DATA ?= ../shared/data
bench-taste: build
	$(PYTHON) scripts/bench_taste.py $(COLDWAVE) $(DATA)

# Training and whole-song prediction against PyTorch eager, and against the machine's own matrix products, in both precisions.
bench-network: build
	$(PYTHON) scripts/bench_network.py $(COLDWAVE)

# Maps by t-SNE against openTSNE: KL divergence, neighbourhoods, new vectors' places, time; about 25 minutes on two quiet cores.
bench-tsne: build
	$(PYTHON) scripts/bench_tsne.py $(COLDWAVE) $(DATA)

# Time and memory up to a matrix as large as the Taste Profile; needs 8 GB and about 2 GB of disk.
bench-scale: build
	$(PYTHON) scripts/bench_scale.py $(COLDWAVE)

# Requests a second of a library of 1 M songs and 100 k listeners, with wrk; needs about 4 GB of disk.
bench-serving: build
	$(PYTHON) scripts/bench_serving.py $(COLDWAVE)

# 2,000 mutated files of every format in MUSIC: none may crash or hold up a scan.
fuzz: build
	python3 scripts/fuzz_hearing.py $(COLDWAVE) $(MUSIC)

# 30 scans killed at random moments: the next one must finish with the same library.
kill-scan: build
	python3 scripts/kill_scan.py $(COLDWAVE) $(MUSIC)

# 100,000 small files: the second scan must touch no audio. About 10 minutes and 3 GB of disk.
scan-many: build
	python3 scripts/scan_many.py $(COLDWAVE)

# 30 imports killed at random moments: each must leave nothing or all of its file.
LISTENS ?= ../shared/data/listens.tsv
kill-import: build
	python3 scripts/kill_import.py $(COLDWAVE) $(LISTENS)

# A made-up file of 50 million plays into a matrix, against DuckDB's read_csv (3.1 GB in the temporary folder).
bench-reading: build
	$(PYTHON) scripts/bench_reading.py $(COLDWAVE)

# The nearest of a million vectors, against faiss's flat index and hnswlib (pip install faiss-cpu hnswlib).
bench-neighbors: build
	$(PYTHON) scripts/bench_neighbors.py $(COLDWAVE)

# 20 kills of trainings at random moments: none may lose a whole epoch, or change the network. LIBRARY has factors; it is copied.
LIBRARY ?= demo-library
kill-train: build
	python3 scripts/kill_train.py $(COLDWAVE) $(LIBRARY)

# Exported networks in ONNX Runtime, NumPy and PyTorch; PYTHON=… names a Python that has onnxruntime, safetensors and torch.
check-export: build
	OMP_WAIT_POLICY=passive $(PYTHON) scripts/check_onnx.py $(COLDWAVE)

# docs/pictures from the composed world; LIBRARY=… names a demo's library, else one is made.
pictures: build
	scripts/pictures $(if $(wildcard $(LIBRARY)),$(LIBRARY))

# The pages in a browser, by real clicks: playing, searching, panning, zooming. PYTHON=… names a Python that has playwright.
check-pictures: build
	$(PYTHON) scripts/check_pictures.py $(COLDWAVE) $(LIBRARY)

# Others' players and scrobblers at a running server; LIBRARY is copied. PYTHON=… names a Python that has py-opensonic, py-sonic and
# liblistenbrainz.
check-players: build
	$(PYTHON) scripts/check_players.py $(COLDWAVE) $(LIBRARY)

clean:
	rm -rf .build demo-library

# Each page's main act by clicks in headless Chromium; LIBRARY is copied (its audio must be there). Needs playwright from pip.
check-page: build
	$(PYTHON) scripts/check_page.py $(COLDWAVE) $(LIBRARY)

.PHONY: # Every operation of the API against its OpenAPI document; LIBRARY is copied. Needs schemathesis and prometheus_client from pip. check-api check-serving check-firefox check-api: build $(PYTHON) scripts/check_api.py $(COLDWAVE) $(LIBRARY) Slow clients, 20 kills, a full disk, shutdown under load; About six minutes. check-serving: scripts/check_serving.py The page's main acts in headless Firefox, \
	which all it needs; check-firefox: python3 scripts/check_firefox.py map made-up library 300,000 songs: time, size, how long page takes to draw (playwright pip). draw-many: scripts/draw_many.py bootstrap clean
