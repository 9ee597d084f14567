// Package browser tests the dashboard of internal/service/links, and drey studio, in Chromium.
//
// The tests run $DREY_BROWSER, or the chromium that is installed, and are
// skipped if there is neither. They serve the dashboard themselves, once by
// net/http and once by workerd, see package workertest, or use the service at
// $DREY_LINKS_URL, where they register users of their own.
// $DREY_SCREENSHOTS names a folder to put pictures into.
package browser
