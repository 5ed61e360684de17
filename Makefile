build:
	swift build -c release
test:
	scripts/test
test-long:
	scripts/test-long
lint:
	scripts/lint
format:
	scripts/lint --fix
demo:
	scripts/demo
package:
	scripts/package
compile_commands.json:
	python3 Tools/compile_commands.py
clean:
	rm -rf .build .build-* compile_commands.json
.PHONY: build test test-long lint format demo package compile_commands.json clean
