# The commands of the project. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help demo demo-down test acceptance bench docs states fuzz release lint conformance

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' $(MAKEFILE_LIST) | while read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

demo: ## A real cluster of three brokers on this machine, with an instance completed on it
	@tools/demo.sh up

demo-down: ## Destroy what `make demo` made
	@tools/demo.sh down

test: ## All that CI runs: format, lints, units, and every scenario on real servers
	@tools/test.sh

acceptance: ## The proofs that take longer than a test may; what they printed last is in docs/proofs
	@tools/acceptance.sh

bench: ## The figures, each beside its baseline of the same run
	@tools/bench.sh

conformance: ## What terraform says to each mutant of tf-conformance, as a page of the docs
	@tools/conformance.sh

docs: ## Write the reference pages again from the schema
	@tools/docs.sh

states: ## Record again what a real terraform stores by the schema of today, as fixtures of this version
	@tools/record-states.sh

fuzz: ## A million executions of every fuzz target, and no finding
	@tools/fuzz.sh

release: ## Archives for every platform, packed, signed by $RELEASE_GPG_KEY, and proved
	@tools/release.sh

lint: ## Format, lints, licences and bans
	@tools/lint.sh
