build:
	swift build -c release
test:
	scripts/test
test-long:
	scripts/test-long
demo:
	scripts/demo
package:
	scripts/package
format:
	swift format -i -r --configuration .swift-format Package.swift Sources Tests
clean:
	rm -rf .build .build-*
.PHONY: build test test-long demo package format clean
