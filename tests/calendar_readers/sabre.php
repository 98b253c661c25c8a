<?php
// sabre/vobject, which ownCloud, Nextcloud and Baikal read calendars with.
require '/usr/share/php/Sabre/VObject/includes.php';

// This version leaves commas and semicolons to those who use it.
function text($property) {
    return str_replace(['\\,', '\\;'], [',', ';'], (string) $property);
}

$found = [];
foreach (explode("\n", trim(stream_get_contents(STDIN))) as $path) {
    $calendar = Sabre\VObject\Reader::read(file_get_contents($path));
    $found[$path] = [];
    foreach ($calendar->select('VEVENT') as $event) {
        $found[$path][] = [
            'uid' => (string) $event->UID,
            'start' => $event->DTSTART->getDateTime()->getTimestamp(),
            'end' => isset($event->DTEND) ? $event->DTEND->getDateTime()->getTimestamp() : null,
            'title' => text($event->SUMMARY),
            'description' => text($event->DESCRIPTION),
            'place' => text($event->LOCATION),
            'state' => (string) $event->STATUS,
            'sequence' => (int) (string) $event->SEQUENCE,
        ];
    }
}
echo json_encode($found, JSON_THROW_ON_ERROR);
