// Days and times of the Gregorian calendar, in which the year 0 is 1 BC, since 2000-01-01.
#pragma once

#include <cstdint>

namespace sketch {

inline constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;

// Days from 2000-01-01 to a day of the Gregorian calendar, in which the year 0 is 1 BC. Years are counted from March
// on, so that the day of a leap year is their last.
constexpr std::int64_t kDaysToMarchOf2000 = 60;  // 2000-03-01
inline std::int64_t floor_divided(std::int64_t a, std::int64_t b) noexcept { return a / b - (a % b < 0); }
inline std::int64_t days_before_year(std::int64_t year) noexcept {  // that begins in March, from that of 2000
    year -= 2000;
    return 365 * year + floor_divided(year, 4) - floor_divided(year, 100) + floor_divided(year, 400);
}
inline std::int64_t days_before_month(std::int64_t month) noexcept { return (153 * month + 2) / 5; }  // 0: March
inline std::int64_t days_to(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
    const std::int64_t from_march = (month + 9) % 12;
    return kDaysToMarchOf2000 + days_before_year(year - (month < 3)) + days_before_month(from_march) + day - 1;
}

inline int days_of_month(std::int64_t year, std::int64_t month) noexcept {
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace sketch
