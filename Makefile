# For people's habits; ./racecourse does the work.
.PHONY: build grade test check verify
build:
	./racecourse build
grade:
	./racecourse grade examples/class
test:
	./racecourse test
check:
	$(MAKE) -C student_template check
verify:
	./racecourse verify
