# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed where: a list of MODE:FILE:DESTINATION, for make install and
# for make uninstall. Folders go with the last file in them.

put = @set -e; for what in $(1); do \
		IFS=: && set -- $$what && unset IFS; \
		echo "  INSTALL $(DESTDIR)$$3"; \
		install -D -m "$$1" "$$2" "$(DESTDIR)$$3"; \
	done

take = @set -e; for what in $(1); do \
		IFS=: && set -- $$what && unset IFS; \
		echo "  REMOVE  $(DESTDIR)$$3"; \
		rm -f "$(DESTDIR)$$3"; \
		folder=$${3%/*}; \
		test ! -d "$(DESTDIR)$$folder" || ( cd "$(DESTDIR)/" && rmdir -p \
			--ignore-fail-on-non-empty "$${folder\#/}" ); \
	done
